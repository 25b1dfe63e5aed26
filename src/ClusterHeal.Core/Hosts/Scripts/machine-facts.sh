# Prints what systemd puts into units of this host: its name, the IDs of the machine and of the boot, the kernel's release, os-release.
uname -n
cat /etc/machine-id 2>/dev/null || echo
cat /proc/sys/kernel/random/boot_id
uname -r
cat /etc/os-release 2>/dev/null
