# Prints the files that match the pattern $1, each on a line, sorted as systemd sorts them.
LC_ALL=C
export LC_ALL
IFS=''
for file in $1; do
    [ -e "$file" ] && printf '%s\n' "$file"
done
exit 0
