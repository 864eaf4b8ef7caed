"""The states of a contact-ID translation job, as the result page names them."""

from fauxlate.engine.tables.lifecycles import Lifecycle, State

FILE_TRANSLATION = Lifecycle(
    name="dingtalk.file_translation",
    source="seed 000; how long a link is good is not documented, and taken from the sibling product WeCom: 24 hours",
    link_lifetime=24 * 3600,
    course=(
        State("0", "3s", "The job is in progress.", "seed 000"),
        State("1", about="The job has been processed successfully.", source="seed 000"),
    ),
    failed_state=State("2", about="The job processing failed.", source="seed 000"),
)
