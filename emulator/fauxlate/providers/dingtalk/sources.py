"""The sources that the tables of several rooms name."""

SDK = "alibabacloud_dingtalk 2.2.65"
STREAM_PROTOCOL = "open-dingtalk developerpedia, Stream protocol"
