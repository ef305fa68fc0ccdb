"""What runs on the controller beside Ansible: Debian 13 test hosts in podman, the demo, the benchmark."""
