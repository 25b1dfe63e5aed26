# Arms a switch: $1 its name, $2 the operation, $3 seconds, $4 the text of the script that brings everything back, $5 the record.
# Prints the timer's name and the second at which it fires. With 0 seconds there is no timer and no unit, but the record.
set -u
state=/var/lib/clusterheal
name=$1
boot=clusterheal-boot-$name.service
mkdir -p "$state/heal" "$state/stopped" || exit 41

# A file has its name when all of it is on the disk.
put() {
    cat > "$1.part" && sync -- "$1.part" && mv -f -- "$1.part" "$1" || exit 41
}

# Where the timer cannot be made, nothing of the switch stays, unless it was armed before.
give_up() {
    [ -f "$state/stopped/$name" ] || rm -f "/etc/systemd/system/multi-user.target.wants/$boot" "/etc/systemd/system/$boot" "$state/heal/$name.sh"
    exit 46
}

former=$(systemctl list-units --all --plain --no-legend "clusterheal-heal-$name-*.timer" | cut -d ' ' -f 1)
printf '%s' "$4" | put "$state/heal/$name.sh" || exit 41
timer='' fires=0
if [ "$3" -gt 0 ]; then
    # Timers made by systemd-run are gone after a reboot: then this unit does it, at boot.
    printf '%s\n' '[Unit]' "Description=ClusterHeal: brings back what operation $2 stopped, as the host was restarted" \
        '[Service]' 'Type=oneshot' "ExecStart=/bin/sh $state/heal/$name.sh boot" | put "/etc/systemd/system/$boot" || exit 41
    mkdir -p /etc/systemd/system/multi-user.target.wants && chmod 755 /etc/systemd/system/multi-user.target.wants &&
        chmod 644 "/etc/systemd/system/$boot" &&
        ln -sfn "../$boot" "/etc/systemd/system/multi-user.target.wants/$boot" && sync || exit 41
    fires=$(($(date +%s) + $3))
    timer=clusterheal-heal-$name-$fires.timer
    case " $former " in *"$timer"*) ;; *)
        systemd-run --quiet --unit="${timer%.timer}" --description="ClusterHeal: brings back what operation $2 stopped" \
            --on-active="$3" --timer-property=AccuracySec=100ms --property=Restart=on-failure --property=RestartSec=10 \
            /bin/sh "$state/heal/$name.sh" || give_up ;;
    esac
    systemctl is-active --quiet "$timer" || give_up
fi
printf '%s' "$5" | sed "s/@FIRES@/$fires/; s/@TIMER@/$timer/; s/@NOW@/$(date +%s)/" | put "$state/stopped/$name" || exit 41
for unit in $former; do [ "$unit" = "$timer" ] || systemctl stop -- "$unit"; done
printf '%s %s\n' "${timer:--}" "$fires"
