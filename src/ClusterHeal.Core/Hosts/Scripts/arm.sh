# Needs library.sh.
# Arms a switch: $1 its name, $2 the operation, $3 seconds, $4 the text of the script that brings everything back, $5 the record.
# Prints the timer's name and the second at which it fires, by the wall clock. With 0 seconds there is no timer and no unit, but the record.
set -u
state=/var/lib/clusterheal
name=$1
boot=clusterheal-boot-$name.service
units=/etc/systemd/system
timer='' fires=0
mkdir -p "$state/heal" "$state/stopped" || exit 41

# What cannot be armed leaves nothing of the switch, unless it was armed before. $1 is the exit code.
give_up() {
    [ -z "$timer" ] || case " $former " in *" $timer "*) ;; *) systemctl stop -- "$timer" 2>/dev/null ;; esac
    [ -f "$state/stopped/$name" ] || rm -f "$units/multi-user.target.wants/$boot" "$units/$boot" "$state/heal/$name.sh"
    exit "$1"
}

former=$(timers_of "$name" | tr '\n' ' ')
printf '%s' "$4" | put_file "$state/heal/$name.sh" || give_up 41
if [ "$3" -gt 0 ]; then
    # Timers made by systemd-run are gone after a reboot: then this unit does it, at boot.
    printf '%s\n' '[Unit]' "Description=ClusterHeal: brings back what operation $2 stopped, as the host was restarted" \
        '[Service]' 'Type=oneshot' "ExecStart=/bin/sh $state/heal/$name.sh boot" | put_file "$units/$boot" 644 || give_up 41
    mkdir -p "$units/multi-user.target.wants" && chmod 755 "$units/multi-user.target.wants" &&
        ln -sfn "../$boot" "$units/multi-user.target.wants/$boot" &&
        sync -- "$units" "$units/multi-user.target.wants" || give_up 41
    fires=$(($(date +%s) + $3))
    timer=clusterheal-heal-${name}_$(($(seconds) + $3)).timer
    case " $former " in *" $timer "*) ;; *)
        systemd-run --quiet --unit="${timer%.timer}" --description="ClusterHeal: brings back what operation $2 stopped" \
            --on-active="$3" --timer-property=AccuracySec=100ms --property=Restart=on-failure --property=RestartSec=10 \
            /bin/sh "$state/heal/$name.sh" || give_up 46 ;;
    esac
    systemctl is-active --quiet "$timer" || give_up 46
fi
printf '%s' "$5" | sed "s/@FIRES@/$fires/; s/@TIMER@/$timer/; s/@NOW@/$(date +%s)/" | put_file "$state/stopped/$name" || give_up 41
for unit in $former; do [ "$unit" = "$timer" ] || systemctl stop -- "$unit"; done
printf '%s %s\n' "${timer:--}" "$fires"
