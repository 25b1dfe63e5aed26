# Needs library.sh.
# Arms a switch: $1 its name, $2 the operation, $3 seconds, $4 the text of the script that brings everything back, $5 the record.
# Prints the timer's name and the second at which it fires, by the wall clock. With 0 seconds there is only the record, no timer and no unit.
set -u
state=/var/lib/clusterheal
name=$1
boot=clusterheal-boot-$name.service
timer='' fires=0
mkdir -p "$state/heal" "$state/stopped" || exit 41

# If it cannot be armed, nothing of the switch is left, unless it was armed before. $1 is the exit code.
give_up() {
    [ -z "$timer" ] || case " $former " in *" $timer "*) ;; *) stop_unit "$timer" 2>/dev/null ;; esac
    [ -f "$state/stopped/$name" ] || { remove_boot_unit "$boot"; rm -f "$state/heal/$name.sh"; }
    exit "$1"
}

former=$(timers_of "$name" | tr '\n' ' ')
printf '%s' "$4" | put_file "$state/heal/$name.sh" || give_up 41
if [ "$3" -gt 0 ]; then
    # After a reboot the timer is gone. Then this unit does it, at boot.
    put_boot_unit "$boot" "ClusterHeal: brings back what operation $2 stopped, as the host was restarted" "/bin/sh $state/heal/$name.sh boot" || give_up 41
    fires=$(($(date +%s) + $3))
    timer=clusterheal-heal-${name}_$(($(seconds) + $3)).timer
    case " $former " in *" $timer "*) ;; *)
        start_timer "$timer" "$3" "ClusterHeal: brings back what operation $2 stopped" /bin/sh "$state/heal/$name.sh" || give_up 46 ;;
    esac
    unit_is_active "$timer" || give_up 46
fi
printf '%s' "$5" | sed "s/@FIRES@/$fires/; s/@TIMER@/$timer/; s/@NOW@/$(date +%s)/" | put_file "$state/stopped/$name" || give_up 41
for unit in $former; do [ "$unit" = "$timer" ] || stop_unit "$unit"; done
printf '%s %s\n' "${timer:--}" "$fires"
