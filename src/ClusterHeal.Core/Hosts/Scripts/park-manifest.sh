# Moves the manifest $1 to $2, on the same filesystem, where the kubelet does not look.
folder=${2%/*}
mkdir -p -- "$folder" || exit 41
if [ "$(stat -c %d -- "$folder")" != "$(stat -c %d -- "${1%/*}")" ]; then
    printf '%s\n' "'$folder' is on another filesystem than '$1'" >&2
    exit 41
fi
mv -n -- "$1" "$2" && [ ! -e "$1" ] && sync -- "$folder" || exit 41
