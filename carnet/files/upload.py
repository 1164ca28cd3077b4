"""Files while a form streams in: too much of them reaches neither disk nor memory, and the typed text is kept."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler

from carnet.files import rules

# Past this the rest of the request is not even read: nobody types into such a form.
READ_AT_MOST_BYTES = 1024 * rules.MEGABYTE
# Each kept file is an open one. The form refuses so many anyway; it only has to count them.
KEEP_AT_MOST_FILES = 2 * rules.MOST_FILES


class LeftOut(UploadedFile):
    """Stands for a file that was let go: too large, alone or together with the others. It has no content."""

    def __init__(self, name: str | None, *, alone: bool) -> None:
        super().__init__(None, name, size=0)
        self.too_large = alone
        self.too_much_together = not alone

    def close(self) -> None:
        """There is nothing to close."""


class LimitedUpload(TemporaryFileUploadHandler):
    """Django's temporary file on disk, up to the limit of one file and of all files of a request together."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kept_bytes = self._read_bytes = self._kept_files = 0

    def new_file(self, field_name: str, file_name: str, *args: Any, **kwargs: Any) -> None:
        self._file_bytes = 0
        self._left_out: LeftOut | None = None
        if self._kept_files >= KEEP_AT_MOST_FILES:
            self._left_out = LeftOut(file_name, alone=False)
        else:
            super().new_file(field_name, file_name, *args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._read_bytes += len(raw_data)
        if self._read_bytes > READ_AT_MOST_BYTES:
            raise StopUpload(connection_reset=True)
        if self._left_out is not None:
            return
        self._file_bytes += len(raw_data)
        is_too_large = self._file_bytes > rules.LARGEST_MEGABYTES * rules.MEGABYTE
        if is_too_large or self._kept_bytes + self._file_bytes > rules.LARGEST_TOGETHER_MEGABYTES * rules.MEGABYTE:
            self._left_out = LeftOut(self.file_name, alone=is_too_large)
            self.file.close()  # which deletes it
            return
        self.file.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile | None:
        if self._left_out is not None:
            return self._left_out
        self._kept_files += 1
        self._kept_bytes += self._file_bytes
        return super().file_complete(file_size)
