# Prints the file $1: a line "size mode uid gid", then exactly that many bytes. If the line is empty, the exit code says why.
fail() { echo; [ -z "$1" ] || printf '%s\n' "$1" >&2; exit 40; }
facts=$(stat -L -c '%s %a %u %g' -- "$1") || fail ''
[ -f "$1" ] || fail "'$1' is not a regular file"
( : < "$1" ) || fail ''
printf '%s\n' "$facts"
exec head -c "${facts%% *}" < "$1"
