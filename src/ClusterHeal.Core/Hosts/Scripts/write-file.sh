# Needs library.sh.
# Writes standard input to the file $1 with mode $2 and owner $3 (empty: not changed): $4 blocks of 1 MiB, $5 bytes more,
# and then a line with the SHA-256 that it must have. Nothing has the name $1 before all of it is on disk.
set -u
if [ -d "$1" ]; then printf '%s\n' "'$1' is a folder" >&2; exit 41; fi
enter "${1%/*}/" || exit
begin_part || exit 41
trap drop_part EXIT
trap 'exit 41' HUP INT TERM PIPE
{
    { [ "$4" -eq 0 ] || dd bs=1048576 count="$4" iflag=fullblock status=none; } &&
    { [ "$5" -eq 0 ] || dd bs="$5" count=1 iflag=fullblock status=none; }
} > part || exit 41
read -r wanted || exit 44
written=$(sha256sum < part) || exit 41
[ "${written%% *}" = "$wanted" ] || exit 44
end_part "${1##*/}" "$2" "$3" || exit 41
