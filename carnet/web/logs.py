"""What the log may not tell: whoever reads it could follow a secret link."""

import logging
import re

# The addresses whose last part opens a door by itself: /fr/try/…/, /en/invitation/…/, a new password's, ?question=….
SECRET = re.compile(r"(/(?:try|invitation|reset/key)/|[?&]question=)(?!(?:sent|again|done)/)[^\s/&?\"']+")


def without_secrets(text: str) -> str:
    return SECRET.sub(r"\1…", text)


class WithoutSecrets(logging.Filter):
    """Lets every line pass, without the secrets of the addresses in it."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        if (hidden := without_secrets(said)) != said:
            record.msg, record.args = hidden, ()
        return True
