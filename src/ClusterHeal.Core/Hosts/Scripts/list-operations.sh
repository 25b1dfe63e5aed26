# Needs library.sh.
# Prints the records of operations on this host, one fact on a line. Changes nothing.
set -u
state=/var/lib/clusterheal
[ -e "$state" ] || exit 0
ls -- "$state" > /dev/null 2>&1 && [ -x "$state" ] || { printf 'unreadable %s\n' "$state"; exit 0; }

if holder=$(lock_holder); then
    printf 'lock %s\n' "$(printf '%s' "$holder" | tr '\n' '\t')"
elif [ -e "$state/lock" ] && { [ ! -r "$state/lock" ] || [ "$(wc -l < "$state/lock")" -ne 4 ]; }; then
    printf 'unreadable %s\n' "$state/lock"
fi

# Prints the file $2 as one line after the word $1 and the file's name.
show() {
    if [ -r "$2" ]; then printf '%s %s\t%s\n' "$1" "$2" "$(tr '\n\r' '  ' < "$2")"; else printf 'unreadable %s\n' "$2"; fi
}

for file in "$state"/stopped/*; do [ ! -f "$file" ] || show stopped "$file"; done
for file in "$state"/drills/*.json; do [ ! -f "$file" ] || show drill "$file"; done
known_records repair | while read -r kind way file; do show "repair $kind $way" "$file"; done
known_records certificates | while read -r kind way file; do show "renewal $kind" "$file"; done
known_restores | while read -r kind folder; do
    side=$(sh "$folder/member.sh" side 2>/dev/null </dev/null) && [ -n "$side" ] || { printf 'unreadable %s\n' "$folder"; continue; }
    printf 'restore %s %s %s\n' "${folder##*/}" "$kind" "$side"
done
journal=$state/journal.jsonl
if [ -r "$journal" ]; then tail -n 20000 -- "$journal" | sed 's/^/journal /'; elif [ -e "$journal" ]; then printf 'unreadable %s\n' "$journal"; fi
exit 0
