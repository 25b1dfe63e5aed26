# The cmdlets are in bin/ClusterHeal.dll, a nested module. This file is the module's root and stays empty on purpose:
# a script loader would lose every command on the second Import-Module -Force.
