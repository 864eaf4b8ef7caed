"""The states of a document translation job, as the status query's page names them."""

from fauxlate.engine.tables.lifecycles import Lifecycle, State

FILE_TRANSLATION = Lifecycle(
    name="huawei.file_translation",
    source="seed 003",
    course=(
        State("WAITING", "2s", "The file is waiting to be translated.", "seed 003"),
        State("BGEIN", "3s", "The translation starts.", "seed 003; BEGIN in nlp_03_0074", spellings=("BEGIN",)),
        State("FINISHED", about="The translation is completed.", source="seed 003"),
    ),
    failed_state=State("ERROR", about="An error occurred during the translation process.", source="seed 003"),
    retention=86400,  # nlp_03_0073: the result is kept 24 hours after the job has ended
    link_lifetime=600,  # seed 003: the URL keeps valid for 10 minutes
)
