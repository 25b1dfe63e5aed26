# Needs library.sh.
# Comes before every script that changes something: first writes the line $1 into the host's journal, and to the disk. Changes nothing if another
# operation than $2 holds the lock of this host.
mkdir -p /var/lib/clusterheal || exit 41
if holder=$(lock_holder) && [ "${holder%%"$lib_newline"*}" != "$2" ]; then
    printf '%s\n' "Another operation works there: $(printf '%s' "$holder" | tr '\n' ' ')" >&2
    exit 45
fi
printf '%s\n' "$1" >> /var/lib/clusterheal/journal.jsonl && sync -- /var/lib/clusterheal/journal.jsonl || exit 41
shift 2
