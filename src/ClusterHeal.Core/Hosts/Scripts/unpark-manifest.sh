# Moves the manifest back from $1 to $2, and removes the folder that was made for it. One that is back already is fine.
if [ -e "$1" ]; then
    if [ -e "$2" ]; then
        printf '%s\n' "'$2' is there again, from somebody else; the one that was moved aside is still '$1'" >&2
        exit 41
    fi
    mv -n -- "$1" "$2" || exit 41
fi
rmdir -- "${1%/*}" 2>/dev/null
[ -e "$2" ]
