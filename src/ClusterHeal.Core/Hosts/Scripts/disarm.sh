# Needs library.sh.
# Disarms the switch $1 and removes its record.
set -u
state=/var/lib/clusterheal
for unit in $(timers_of "$1"); do
    stop_unit "$unit" || exit 41
done
boot=clusterheal-boot-$1.service
remove_boot_unit "$boot" && rm -f "$state/heal/$1.sh" "$state/stopped/$1" || exit 41
# Without its script it does nothing.
forget_boot_unit "$boot"
