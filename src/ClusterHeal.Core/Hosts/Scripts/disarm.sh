# Needs library.sh.
# Disarms the switch $1 and forgets what it was for.
set -u
state=/var/lib/clusterheal
for unit in $(timers_of "$1"); do
    systemctl stop -- "$unit" || exit 41
done
boot=clusterheal-boot-$1.service
rm -f "/etc/systemd/system/multi-user.target.wants/$boot" "/etc/systemd/system/$boot" "$state/heal/$1.sh" "$state/stopped/$1" || exit 41
# Where the host was booted meanwhile, systemd has read the unit and would keep it; without its script it does nothing.
[ -z "$(systemctl list-units --all --plain --no-legend "$boot")" ] || systemctl daemon-reload || :
