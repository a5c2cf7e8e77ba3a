"""How `make coverage` sees into processes that write no files and are ended by SIGKILL."""
