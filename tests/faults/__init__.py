"""What is left when processes are killed, disks are full and folders are not ours to write."""
