import pkgutil
import subprocess
import sys

from fauxlate import content

HEAVY = ("faker", "lxml", "PIL", "openpyxl", "docx", "pptx", "xlrd", "xlwt", "xlsxwriter")


def test_importing_content_imports_no_library() -> None:
    modules = [module.name for module in pkgutil.walk_packages(content.__path__, "fauxlate.content.")]
    assert "fauxlate.content.sheets.workbooks" in modules
    script = f"import sys, {', '.join(modules)}; print(sorted(set(sys.modules) & set({HEAVY!r})))"
    process = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert process.stdout.strip() == "[]"
