# Objects of the module's types in which every property has a value, for tests that walk all types.

function New-Sample([type] $Type) {
    $inner = [Nullable]::GetUnderlyingType($Type)
    if ($inner) { return New-Sample $inner }
    if ($Type.IsEnum) { return [Enum]::GetValues($Type)[-1] }
    if ($Type -eq [string]) { return 'x' }
    if ($Type -eq [version]) { return [version] '3.5' }
    if ($Type.Name -eq 'ItemCollection`1') {
        $items = [Array]::CreateInstance($Type.GenericTypeArguments[0], 1)
        $items[0] = New-Sample $Type.GenericTypeArguments[0]
        return , [Activator]::CreateInstance($Type, (, $items))
    }
    if ($Type.Name -like '*Dictionary*') {
        $options = [Collections.Generic.Dictionary[string, string]]::new()
        $options['ConnectTimeout'] = '5'
        return , $options
    }
    if ($Type.IsValueType) { return [Activator]::CreateInstance($Type) }
    $sample = [Runtime.CompilerServices.RuntimeHelpers]::GetUninitializedObject($Type)
    foreach ($property in $Type.GetProperties().Where{ $_.CanWrite }) { Set-SampleProperty $sample $property.Name (New-Sample $property.PropertyType) }
    $sample
}

# Also a property that only an initializer may set.
function Set-SampleProperty([object] $Sample, [string] $Name, [object] $Value) {
    $bare = $Value
    if ($Value -is [psobject]) { $bare = $Value.psobject.BaseObject }
    $Sample.GetType().GetProperty($Name).SetValue($Sample.psobject.BaseObject, $bare)
}

# The labels of the columns of a type's default view, or of the lines of its list.
function Get-ViewLabel([string] $TypeName) {
    $controls = (Get-FormatData -TypeName $TypeName).FormatViewDefinition.Control
    $table = $controls.Where{ $_ -is [Management.Automation.TableControl] }
    if ($table) { return $table[0].Headers.Label }
    $list = $controls.Where{ $_ -is [Management.Automation.ListControl] }
    $list[0].Entries.Items | ForEach-Object { if ($_.Label) { $_.Label } else { $_.DisplayEntry.Value } }
}
