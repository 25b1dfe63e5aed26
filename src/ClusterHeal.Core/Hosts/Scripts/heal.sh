# Needs library.sh.
# Brings back what an operation of ClusterHeal stopped on this host. Run by a timer, or at boot, if nobody has done it before.
# Written and removed by ClusterHeal; to bring everything back at once, run it.
set -u
PATH=$PATH:/usr/sbin:/usr/bin:/sbin:/bin
state=/var/lib/clusterheal
failed=0 kept=''
[ "${1:-}" = boot ] && waiting=nowait || waiting=''

# Starts the unit $1. At boot nothing waits for it: systemd may not be that far yet.
bring_up() {
    start_unit "$1" "$waiting" || failed=1
}

# Runs the script $1 with the argument $2.
run_script() {
    sh "$1" "$2" || failed=1
}

# Moves $1 back to where it was, $2. If something is there by then, that wins, and $1 stays where it is.
move_back() {
    lies "$1" || return 0
    move "$1" "$2"
    case $? in
        0) rmdir -- "${1%/*}" 2>/dev/null ;;
        47) kept="$kept; $1 is kept, as $2 has come since" ;;
        *) failed=1 ;;
    esac
}

# The last step: when everything is back, only the line in the journal is left of the switch.
finish() {
    [ $failed -eq 0 ] || exit 1
    printf '{"time":"%s","operationId":"%s","operation":"heal","operator":"the host itself","step":"brought back %s"}\n' \
        "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$2" "$(printf '%s' "$1$kept" | tr -d '"\\')" >> $state/journal.jsonl
    boot=clusterheal-boot-$1.service
    # If it was run by hand, its timer would still fire, on a script that is gone.
    for unit in $(timers_of "$1"); do stop_unit "$unit"; done
    rm -f "$state/stopped/$1"
    remove_boot_unit "$boot"
    rm -f "$state/heal/$1.sh"
    # Without its script it does nothing.
    forget_boot_unit "$boot"
}
