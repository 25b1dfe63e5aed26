# Disarms the switch $1 and forgets what it was for.
set -u
state=/var/lib/clusterheal
for unit in $(systemctl list-units --all --plain --no-legend "clusterheal-heal-$1-*.timer" | cut -d ' ' -f 1); do
    systemctl stop -- "$unit" || exit 41
done
rm -f "/etc/systemd/system/multi-user.target.wants/clusterheal-boot-$1.service" "/etc/systemd/system/clusterheal-boot-$1.service" \
    "$state/heal/$1.sh" "$state/stopped/$1" || exit 41
