#!/bin/sh
# Brings back what an operation of ClusterHeal stopped on this host. Run by a timer, or at boot, where nobody did it before.
# Written and removed by ClusterHeal; to bring everything back at once, run it.
set -u
PATH=$PATH:/usr/sbin:/usr/bin:/sbin:/bin
state=/var/lib/clusterheal
failed=0
[ "${1:-}" = boot ] && block=--no-block || block=--job-mode=replace

# Starts the unit $1.
start_unit() {
    systemctl reset-failed -- "$1" 2>/dev/null
    systemctl start $block -- "$1" || failed=1
}

# Runs the script $1 with the argument $2.
run_script() {
    sh "$1" "$2" || failed=1
}

# Puts $1 back to where it was, $2; what has come there since goes to $3, or, with $3 empty, stays and wins.
move_back() {
    [ -e "$1" ] || return 0
    if [ -e "$2" ]; then
        [ -n "$3" ] && [ ! -e "$3" ] || return 0
        mv -- "$2" "$3" || { failed=1; return 0; }
    fi
    mv -- "$1" "$2" || failed=1
    rmdir -- "${1%/*}" 2>/dev/null
}

# The last step: with everything back, nothing of the switch stays but the line in the journal.
finish() {
    [ $failed -eq 0 ] || exit 1
    printf '{"time":"%s","operationId":"%s","operation":"heal","operator":"the host itself","step":"brought back %s"}\n' \
        "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$2" "$1" >> $state/journal.jsonl
    boot=clusterheal-boot-$1.service
    # Where it was run by hand, its timer would still fire, on a script that is gone.
    for unit in $(systemctl list-units --all --plain --no-legend "clusterheal-heal-$1-*.timer" | cut -d ' ' -f 1); do systemctl stop -- "$unit"; done
    rm -f "$state/stopped/$1" "/etc/systemd/system/multi-user.target.wants/$boot" "/etc/systemd/system/$boot" "$state/heal/$1.sh"
    # Where the host was booted meanwhile, systemd has read the unit and would keep it; without its script it does nothing.
    [ -z "$(systemctl list-units --all --plain --no-legend "$boot")" ] || systemctl daemon-reload || :
}
