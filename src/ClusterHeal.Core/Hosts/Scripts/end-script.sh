# Ends the script whose shell is the process $2, with all that it started: its process group, which sshd made for it. First with TERM, so that traps
# can clean up, and after half a second whatever is left. The token $1 in its command line shows that the number is still its own.
file=/proc/$2
grep -qsF -f - "$file/cmdline" <<EOF || exit 0
$1
EOF
read -r facts < "$file/stat" 2>/dev/null || exit 0
# After the name, which may have any characters, come state, parent and group.
set -- ${facts##*) }
group=$3
[ "$group" -gt 1 ] || exit 41
kill -s TERM -- "-$group" || exit 41
tries=0
while kill -s 0 -- "-$group" 2>/dev/null; do
    tries=$((tries + 1))
    [ "$tries" -le 10 ] || { kill -s KILL -- "-$group"; exit 0; }
    sleep 0.05
done
