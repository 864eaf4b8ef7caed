"""The paths and the header that several rooms of this provider share."""

TOKEN_HEADER = "x-acs-dingtalk-access-token"  # noqa: S105  (the name of the header, not a token)
"""The header that carries the access token in a call of the new API."""
RESULTS_PATH = "/contact/files/"
"""Where results are downloaded; the segment that follows begins with the tag of its sandbox."""
OBJECTS_PATH = "/dingtalk-drive/yundisk0/"
"""Where files are put; the object's key, which follows, begins with the tag of its sandbox."""
CONNECT_PATH = "/v1.0/gateway/connect"
"""Where Stream connections are opened; the ticket in the query begins with the tag of its sandbox."""
