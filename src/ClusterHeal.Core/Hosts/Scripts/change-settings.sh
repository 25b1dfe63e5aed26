# Changes the settings of etcd on a host, and puts the former ones back. Used by a script that is on the host with its plan, after
# planned-components.sh. The plan sets here, etcd and settings (the file that gets the new settings; for a static pod mostly its manifest). The new
# text is in the folder of the operation as settings.new; the former text is kept beside it as settings.old.

# A manifest is changed while it is parked: the kubelet sees the old one or the new one, nothing between.
settings_place() {
  if [ "$settings" = "$(field "$etcd" 2)" ]; then printf '%s\n' "$here/manifests/${settings##*/}"; else printf '%s\n' "$settings"; fi
}

reload() { [ "$(field "$etcd" 1)" != unit ] || reload_units; }

put_settings() {
  place=$(settings_place)
  say "put the $1 settings into $place"
  case $1 in
    new)
      if lies "$place" && ! cmp -s -- "$place" "$here/settings.new"; then copy_as "$place" "$here/settings.old" "$place" || return 1; fi
      if lies "$here/settings.old"; then
        copy_as "$here/settings.new" "$place" "$here/settings.old" || return 1
      else
        # A drop-in, in a folder that anybody may read, as all of systemd's.
        ( enter "${place%/*}/" make && chmod 755 . ) && put_file "$place" 644 < "$here/settings.new" || return 1
      fi ;;
    old)
      if lies "$place" && cmp -s -- "$place" "$here/settings.new"; then
        if lies "$here/settings.old"; then copy_as "$here/settings.old" "$place" "$here/settings.old" || return 1
        else rm -f -- "$place" && { rmdir -- "${place%/*}" 2>/dev/null || :; }
        fi
      elif lies "$here/settings.old" && lies "$place" && ! cmp -s -- "$place" "$here/settings.old"; then
        say "$place was written meanwhile and stays; the one from before is $here/settings.old"
      fi ;;
  esac
  reload
}
