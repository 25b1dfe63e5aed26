# Needs library.sh.
# Moves the manifest back from $1 to $2, and removes the folder that was made for it. It may be back already.
move "$1" "$2" || exit
rmdir -- "${1%/*}" 2>/dev/null
[ -e "$2" ]
