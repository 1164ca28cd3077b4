from django.contrib.auth.hashers import MD5PasswordHasher


class CountingHasher(MD5PasswordHasher):
    """Knows how often a password was hashed: what a slow one would make somebody wait for."""

    made = 0

    def encode(self, password: str, salt: str) -> str:
        type(self).made += 1
        return str(super().encode(password, salt))
