# Who may open what holds secrets: on Windows the owner and the system, and nobody else.

Describe 'What holds secrets' {
    BeforeAll {
        . "$PSScriptRoot/../Common.ps1"
        Import-Module $ModuleFile -Force
        $http = $env:CLUSTERHEAL_TEST_HTTP
        $owner = [Security.Principal.WindowsIdentity]::GetCurrent().User
        $system = [Security.Principal.SecurityIdentifier]::new('S-1-5-18')
        $null = New-Item -ItemType Directory C:\open
        # Everybody may read what is made in this folder.
        $acl = Get-Acl C:\open
        $everyone = [Security.Principal.SecurityIdentifier]::new('S-1-1-0')
        $acl.AddAccessRule([Security.AccessControl.FileSystemAccessRule]::new($everyone, 'ReadAndExecute', 'ContainerInherit, ObjectInherit', 'None', 'Allow'))
        Set-Acl C:\open $acl
        Save-EtcdSnapshot C:\open\a.db -Endpoint $http | Out-Null
        Restore-EtcdSnapshot C:\open\a.db -DataDirectory C:\open\data\m1 -Confirm:$false | Out-Null

        function Assert-Private([string] $Path) {
            $acl = Get-Acl -LiteralPath $Path
            Add-Content Z:\work\shown.txt "$Path, owner $($acl.Owner)"
            foreach ($rule in $acl.Access) { Add-Content Z:\work\shown.txt "    $($rule.IdentityReference) $($rule.AccessControlType) $($rule.FileSystemRights)" }
            $who = $acl.GetAccessRules($true, $true, [Security.Principal.SecurityIdentifier]).Where{ $_.AccessControlType -eq 'Allow' }.IdentityReference.Value
            $who | Should -Contain $owner.Value
            $who | Where-Object { $_ -notin $owner.Value, $system.Value } | Should -BeNullOrEmpty -Because "nobody else may open $Path"
        }
    }

    It 'is not what a plain file beside it is' {
        Set-Content C:\open\plain.txt 'x'
        $who = (Get-Acl C:\open\plain.txt).GetAccessRules($true, $true, [Security.Principal.SecurityIdentifier]).IdentityReference.Value
        $who | Should -Contain 'S-1-1-0' -Because 'else the other tests of this file would prove nothing'
    }

    It 'is a snapshot and its manifest' {
        $files = Get-ChildItem C:\open -File | Where-Object Name -Like 'a.db*'
        $files.Count | Should -BeGreaterOrEqual 2
        $files | ForEach-Object { Assert-Private $_.FullName }
    }

    It 'is a restored data folder with all that is in it' {
        Assert-Private C:\open\data
        $inside = Get-ChildItem C:\open\data -Recurse
        $inside.Where{ -not $_.PSIsContainer }.Count | Should -BeGreaterOrEqual 2
        $inside | ForEach-Object { Assert-Private $_.FullName }
    }

    It 'is the journal of operations' {
        $core = [Runtime.Loader.AssemblyLoadContext]::All.ForEach{ $_.Assemblies }.Where{ $_.GetName().Name -eq 'ClusterHeal.Core' }[0]
        $journal = $core.GetType('ClusterHeal.Hosts.OperationJournal')::new('Test', 'C:\open\journal', [TimeProvider]::System)
        $null = $journal.Note($null, 'one')
        $null = $journal.Note('host', 'two')
        (Get-Content C:\open\journal\journal.jsonl).Count | Should -Be 2
        Assert-Private C:\open\journal
        Assert-Private C:\open\journal\journal.jsonl
    }

    It 'is a folder for temporary files' {
        $core = [Runtime.Loader.AssemblyLoadContext]::All.ForEach{ $_.Assemblies }.Where{ $_.GetName().Name -eq 'ClusterHeal.Core' }[0]
        $temporary = $core.GetType('ClusterHeal.Common.TemporaryFolder').GetMethod('Create').Invoke($null, @('test', 'C:\open'))
        try {
            Set-Content "$($temporary.Path)\db" 'x'
            Assert-Private $temporary.Path
        }
        finally { $temporary.Dispose() }
        Test-Path "C:\open\clusterheal-test-*" | Should -BeFalse
    }
}
