"""Leaves files of all kinds, and a long log."""

from pathlib import Path

import orchest

out = Path("out")
out.mkdir()
(out / "report.txt").write_text("<b>not bold</b> <script>window.ran = 'file'</script>\n")
(out / "drawing.svg").write_text(
    '<svg xmlns="http://www.w3.org/2000/svg" width="80" height="40">'
    '<rect width="80" height="40" fill="teal"/>'
    "<script>window.ran = 'svg'</script></svg>"
)
(out / "model.bin").write_bytes(bytes(range(256)))
Path("notes.txt").write_text("changed\n")
Path("old.txt").unlink()
for line in range(orchest.get_step_param("lines")):
    print(f"line {line}: " + ("a needle" if line % 100 == 7 else "hay"))
