"""Django's SQLite, whose file only its user may read: in it stand people, questions and what signs in."""

import os
from typing import Any

from django.db.backends.sqlite3 import base

PRIVATE = 0o600


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        path = str(conn_params["database"])
        if path != ":memory:" and not path.startswith("file:"):
            # SQLite gives its journals the permissions of the database.
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE))
            if os.stat(path).st_mode & 0o777 != PRIVATE and os.stat(path).st_uid == os.geteuid():
                os.chmod(path, PRIVATE)
        return super().get_new_connection(conn_params)
