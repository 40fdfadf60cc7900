@echo off
rem Copies the add-in to where Revit 2022 to 2025 find it for this user.
for %%y in (2022 2023 2024 2025) do call :year %%y || goto failed
echo Renderiq is installed. Start Revit.
pause
exit /b 0
:year
set "target=%APPDATA%\Autodesk\Revit\Addins\%1"
if not exist "%target%" exit /b 0
if exist "%target%\Renderiq" rmdir /s /q "%target%\Renderiq"
xcopy /e /i /q /y "%~dp0Renderiq" "%target%\Renderiq" >nul || exit /b 1
copy /y "%~dp0Renderiq.addin" "%target%" >nul || exit /b 1
powershell -NoProfile -Command "Get-ChildItem -Recurse -LiteralPath ($env:target + '\Renderiq') | Unblock-File"
exit /b 0
:failed
echo The files could not be copied. Close Revit, and try again.
pause
exit /b 1
