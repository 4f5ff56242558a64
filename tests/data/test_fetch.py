"""Fetched files, against a real server on this machine: found, downloaded once, checked, kept; clear when it fails."""

from __future__ import annotations

import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tui_nn.data.fetch import RemoteFile, fetch, find
from tui_nn.errors import UserError

CONTENT = b"a,b\n1,2\n" * 50_000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def server(monkeypatch):
    """A server that gives CONTENT for /good, something else for /wrong, 404 otherwise; it counts the requests."""
    requests = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            requests.append(self.path)
            body = {"/good": CONTENT, "/wrong": b"<html>log in</html>"}.get(self.path)
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *arguments):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        http.requests = requests
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True).start()
        yield http
        http.shutdown()


def remote(server, *paths):
    return RemoteFile("set", "data.csv", len(CONTENT), SHA256, tuple(f"{address(server)}{path}" for path in paths))


def address(server):
    return f"http://127.0.0.1:{server.server_port}"


def test_a_file_is_downloaded_once_and_kept(server, tmp_path):
    file, said = remote(server, "/good"), []
    assert find(file, tmp_path) is None
    path = fetch(file, cache=tmp_path, say=said.append)
    assert path == tmp_path / "set" / "data.csv"
    assert path.read_bytes() == CONTENT
    assert said == [f"fetching data.csv (0.4 MB) from {address(server)}/good"]
    assert fetch(file, cache=tmp_path, say=said.append) == find(file, tmp_path) == path
    assert (server.requests, len(said)) == (["/good"], 1)
    assert [p.name for p in path.parent.iterdir()] == ["data.csv"]


def test_other_addresses_are_tried(server, tmp_path):
    said = []
    assert fetch(remote(server, "/gone", "/wrong", "/good"), cache=tmp_path, say=said.append).read_bytes() == CONTENT
    assert "the server answered 404 Not Found" in said[1]
    assert "SHA-256 is another" in said[3]


def test_a_damaged_copy_is_fetched_anew(server, tmp_path):
    path = fetch(remote(server, "/good"), cache=tmp_path)
    path.write_bytes(CONTENT[:-1])
    assert find(remote(server), tmp_path) is None
    assert fetch(remote(server, "/good"), cache=tmp_path).read_bytes() == CONTENT


def test_what_is_not_the_file_is_not_kept(server, tmp_path):
    with pytest.raises(UserError, match="its SHA-256 is another one"):
        fetch(remote(server, "/wrong"), cache=tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_offline_says_what_to_do(server, tmp_path):
    file = remote(server, "/good")
    server.shutdown()
    server.server_close()
    with pytest.raises(UserError) as caught:
        fetch(file, cache=tmp_path)
    message = str(caught.value)
    assert "data.csv (0.4 MB, of set) is not on this machine and could not be fetched" in message
    assert "refused" in message
    assert file.urls[0] in message
    assert str(tmp_path / "set") in message
    assert "TUI_NN_DATA" in message
    assert len(message) < 600


def test_a_host_that_has_no_address(tmp_path):
    file = RemoteFile("set", "data.csv", 1, SHA256, ("http://nowhere.invalid/data.csv",))
    with pytest.raises(UserError, match="could not be fetched"):
        fetch(file, cache=tmp_path)


@pytest.mark.parametrize("place", ["set/data.csv", "data.csv"])
def test_a_folder_that_has_it_already(server, tmp_path, monkeypatch, place):
    path = tmp_path / "mine" / place
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT)
    monkeypatch.setenv("TUI_NN_DATA", str(tmp_path / "mine"))
    assert fetch(remote(server, "/good"), cache=tmp_path / "cache") == path
    assert server.requests == []


def test_two_sets_with_the_same_file_name_in_one_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("TUI_NN_DATA", str(tmp_path))
    (tmp_path / "labels.gz").write_bytes(CONTENT)
    assert find(RemoteFile("b", "labels.gz", 1, "0" * 64, ()), tmp_path / "cache") is None
    assert find(RemoteFile("a", "labels.gz", 1, SHA256, ()), tmp_path / "cache") == tmp_path / "labels.gz"


def test_a_folder_that_is_none(tmp_path, monkeypatch):
    monkeypatch.setenv("TUI_NN_DATA", str(tmp_path / "absent"))
    with pytest.raises(UserError, match=r"TUI_NN_DATA is .* no folder"):
        find(RemoteFile("b", "labels.gz", 1, "0" * 64, ()), tmp_path)


def test_a_cache_that_cannot_be_written_to(server, tmp_path):
    (tmp_path / "cache").write_bytes(b"")  # a file in the folder's place
    with pytest.raises(UserError, match="cannot write to"):
        fetch(remote(server, "/good"), cache=tmp_path / "cache")
