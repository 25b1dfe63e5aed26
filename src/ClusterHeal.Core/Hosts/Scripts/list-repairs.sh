# Prints the repairs of members of which this host knows, one on a line: "finished" or "unfinished", "forward" once the old member was to be
# removed, else "back", and the record. Changes nothing.
for record in /var/lib/clusterheal/repair/*/record.json; do
    [ -f "$record" ] || continue
    folder=${record%/record.json}
    state=unfinished way=back
    [ ! -e "$folder/finished" ] || state=finished
    [ ! -e "$folder/forward" ] || way=forward
    printf '%s %s %s\n' "$state" "$way" "$(tr -d '\n' < "$record")"
done
