"""Object storage: buckets, objects, and objects in parts. Answers are bytes or XML, so only parameters are here."""

from __future__ import annotations

from fauxlate.engine.tables.parameters import Parameters, path, query


class CreateBucket(Parameters):
    """A bucket by its path; its location and class, in the body, are ignored."""

    bucket: str = path("bucket")


class HeadBucket(CreateBucket):
    """A bucket by its path."""


class PutObject(Parameters):
    """An object by its path: `/{bucket}/{key}`; the key is all that follows the bucket."""

    bucket: str = path("bucket")
    key: str = path("key")


class InitiateMultipartUpload(PutObject):
    """An object by its path, and `uploads` in the query."""


class CompleteMultipartUpload(PutObject):
    """An upload by its object and its id; the body lists its parts."""

    upload_id: str = query("uploadId", min_length=1)


class AbortMultipartUpload(CompleteMultipartUpload):
    """An upload by its object and its id."""


class UploadPart(CompleteMultipartUpload):
    """A part of an upload, by its number from 1 to 10000."""

    part_number: str = query("partNumber", min_length=1)


class DeleteObject(PutObject):
    """An object by its path."""


class GetObject(PutObject):
    """An object by its path, or a temporary link to it: with a signature in the query."""

    access_key_id: str | None = query("AccessKeyId", None)
    expires: str | None = query("Expires", None)
    signature: str | None = query("Signature", None)
