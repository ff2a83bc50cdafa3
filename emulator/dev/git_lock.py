"""Waiting for git, which may be in the middle of changing many files.

git holds ``.git/index.lock`` while it checks out, merges or resets: what lies on disk meanwhile is
of no commit.
"""

import time
from pathlib import Path

_LONGEST_SECONDS = 5.0
"""A lock that is older was left behind by a git that was killed."""

_LOOK_SECONDS = 0.005


class GitLock:
    """The lock of the repository that a folder belongs to, if it belongs to one."""

    def __init__(self, folder: Path) -> None:
        git = _git_folder(folder)
        self._lock = git / "index.lock" if git is not None else None

    @property
    def is_held(self) -> bool:
        """Whether git is changing files now."""
        if self._lock is None:
            return False
        try:
            age = time.time() - self._lock.stat().st_mtime
        except OSError:
            return False
        return age < _LONGEST_SECONDS

    def wait(self) -> None:
        """Wait until git has done."""
        while self.is_held:
            time.sleep(_LOOK_SECONDS)


def _git_folder(folder: Path) -> Path | None:
    for parent in (folder, *folder.parents):
        git = parent / ".git"
        if git.is_dir():
            return git
        if git.is_file():  # a worktree or a submodule: it says where
            said = git.read_text(encoding="utf-8", errors="replace").partition("gitdir:")[2].strip()
            return parent / said if said else None
    return None
