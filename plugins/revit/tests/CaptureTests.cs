using System;
using System.Collections.Generic;
using System.Drawing;
using System.IO;
using System.Linq;
using System.Threading;
using Autodesk.Revit.DB;
using Autodesk.Revit.UI;
using Renderiq;
using Renderiq.Doubles;
using Renderiq.Plugin;
using Renderiq.Revit;

/// <summary>What Revit draws, and that nothing of a project changes by it.</summary>
public sealed class CaptureTests : IDisposable
{
    private static readonly string[] PutsBack = { "TransactionGroup.RollBack", "Transaction.RollBack", "Selection.SetElementIds" };

    private readonly TestFolder _folder = new TestFolder();
    private readonly Document _document;
    private readonly UIDocument _shown;
    private readonly RevitHost _host;

    public CaptureTests()
    {
        Autodesk.Revit.Exceptions.RevitRules.Adopt();
        _document = House.Build(_folder.File("House.rvt"));
        _shown = new UIDocument(_document);
        _host = new RevitHost { Application = new UIApplication { Current = _shown } };
        HostRules.Enter(() => _shown.Selection.SetElementIds(new List<ElementId> { Find<View3D>("Overview").Id }));
    }

    public void Dispose()
    {
        _folder.Dispose();
    }

    public void A_capture_shows_no_grids_levels_crop_regions_and_section_boxes()
    {
        var shot = Capture();

        var colours = ColoursOf(shot.Picture);
        Check.True(!colours.Contains(Drawing.Annotation) && !colours.Contains(Drawing.Border), "marks are in the picture");
        Check.True(colours.Contains(0xffffff), "the background is not white");
    }

    public void A_view_without_preparation_does_show_them()
    {
        HostRules.Enter(() =>
        {
            using (var options = new ImageExportOptions
            {
                ExportRange = ExportRange.VisibleRegionOfCurrentView, FilePath = _folder.File("plain"), PixelSize = 640,
                HLRandWFViewsFileType = ImageFileType.PNG, ShadowViewsFileType = ImageFileType.PNG,
            })
            {
                _document.ExportImage(options);
            }
        });

        var colours = ColoursOf(_folder.File("plain.png"));
        Check.True(colours.Contains(Drawing.Annotation) && colours.Contains(Drawing.Border), "the double draws no marks");
    }

    public void Edges_are_left_out_unless_the_user_keeps_them()
    {
        Check.True(!ColoursOf(Capture().Picture).Contains(0), "there are edges");
        Check.True(ColoursOf(Capture(edges: true).Picture).Contains(0), "there are no edges");
    }

    public void Material_ids_have_one_flat_colour_for_each_material()
    {
        var shot = Capture(guides: true);

        Check.Equal(6, shot.Materials.Count);
        Check.True(shot.Materials.Keys.All(ColoursOf(shot.MaterialIds).Contains), "a material is missing");
        Check.True(shot.Materials.Values.Contains("Brick, Common"), "the names are wrong");
        Check.Equal(Pictures.SizeOf(shot.Picture), Pictures.SizeOf(shot.MaterialIds));
    }

    public void Everything_is_as_before_after_a_capture()
    {
        var before = Remember();

        Capture(guides: true);

        Check.Equal(before, Remember());
    }

    public void Everything_is_as_before_whichever_call_fails_and_whether_before_or_after_its_work()
    {
        CheckEveryCall(() => Capture(guides: true), 40);
    }

    public void Everything_is_as_before_whichever_call_of_an_export_fails()
    {
        CheckEveryCall(() => Export("Entrance"), 8);
    }

    public void A_capture_in_another_thread_fails()
    {
        Exception found = null;
        var thread = new Thread(() => found = Check.Throws<Exception>(() => Capture()));
        thread.Start();
        thread.Join();

        Check.True(found.Message.Contains("another thread"), found.Message);
    }

    public void A_capture_outside_of_an_event_fails()
    {
        var wish = new CaptureWish { Folder = _folder.Root, LongerSide = 640 };

        Check.True(Check.Throws<Exception>(() => _host.Capture(wish)).Message.Contains("API context"), "it was allowed");
    }

    public void The_camera_of_a_perspective_is_that_of_its_frame_in_metres()
    {
        var wire = Capture().Camera.Wire(new Crop(0, 0, 1, 1));

        Check.Equal(new object[] { 3.048, 1.524, 9.144 }, wire.List("position"));
        Check.Equal(new object[] { 3.048, 1.524, 0.0 }, wire.List("target"));
        Check.Equal(Math.Round(2 * Math.Atan(9.0 / 30) * 180 / Math.PI, 4), wire.Number("fov"));
        Check.Equal(new object[] { 0.0, Math.Round(1.0 / 32, 6) }, wire.List("shift"));
    }

    public void A_parallel_view_without_a_crop_region_is_what_its_window_shows()
    {
        Drawing.Active = Find<View3D>("Overview");

        var camera = Capture().Camera;

        Check.True(camera.IsParallel, "it is no parallel view");
        Check.Equal(Math.Round(32 * 0.3048, 6), Math.Round(camera.Width, 6));
        Check.Equal(Math.Round(20 * 0.3048, 6), Math.Round(camera.Height, 6));
    }

    public void The_sun_is_clockwise_from_the_north_of_the_model()
    {
        Check.Equal("{\"azimuth\":135,\"elevation\":30}", Capture().Sun.ToString());
    }

    public void A_sheet_is_drawn_as_it_is()
    {
        Drawing.Active = Find<ViewSheet>("Facades");
        var before = Remember();

        var shot = Capture(guides: true);

        Check.Equal("A101 Facades", shot.View.Name);
        Check.Equal(null, shot.MaterialIds);
        Check.Equal(before, Remember());
    }

    public void A_plan_is_drawn_without_its_annotations()
    {
        Drawing.Active = Find<View>("Level 1");

        var colours = ColoursOf(Capture().Picture);

        Check.True(!colours.Contains(Drawing.Annotation), "annotations are in the picture");
    }

    public void Without_a_view_there_is_nothing_to_capture()
    {
        Drawing.Active = null;

        Check.Equal("NOTHING_TO_CAPTURE", Check.Throws<RefusedException>(() => Capture()).Code);
    }

    public void Named_views_and_sheets_can_be_a_batch_and_templates_cannot()
    {
        IReadOnlyList<HostView> views = null;
        HostRules.Enter(() => views = _host.Views());

        Check.Equal(new[] { "Entrance", "Overview", "A101 Facades" }, views.Select(each => each.Name));
    }

    public void The_model_is_exported_as_ifc_with_the_coordinates_of_the_camera()
    {
        var path = Export("Entrance");

        var text = File.ReadAllText(path);
        Check.True(text.StartsWith("ISO-10303-21", StringComparison.Ordinal), text);
        Check.True(text.Contains("IFC4RV SitePlacement=3, VisibleElementsOfCurrentView=true"), text);
    }

    public void Exporting_leaves_nothing_in_the_project()
    {
        var before = Remember();

        Export("Entrance");

        Check.Equal(before, Remember());
    }

    public void A_result_becomes_a_drafting_view_with_a_name_of_its_own()
    {
        TestHost.Draw(_folder.File("result.png"), 64, 64, System.Drawing.Color.Red, System.Drawing.Color.Blue);
        string first = null;
        string second = null;
        HostRules.Enter(() => first = _host.Place(_folder.File("result.png"), "Entrance: {1}", "view"));
        HostRules.Enter(() => second = _host.Place(_folder.File("result.png"), "Entrance: {1}", "view"));

        Check.Equal("The picture is in the drafting view Renderiq Entrance 1.", first);
        Check.Equal("The picture is in the drafting view Renderiq Entrance 1 2.", second);
        Check.Equal(2, _document.Existing.OfType<ImageInstance>().Count());
        Check.Equal(2, _document.Undo.Count);
    }

    public void A_result_goes_onto_the_sheet_in_front()
    {
        TestHost.Draw(_folder.File("result.png"), 64, 64, System.Drawing.Color.Red, System.Drawing.Color.Blue);
        HostRules.Enter(() =>
        {
            var path = _folder.File("result.png");
            Check.Equal("PLACE_FAILED", Check.Throws<RefusedException>(() => _host.Place(path, "Entrance", "sheet")).Code);
            Drawing.Active = Find<ViewSheet>("Facades");
            Check.Equal("The picture is on the sheet A101 Facades.", _host.Place(path, "Entrance", "sheet"));
        });
    }

    public void A_result_that_cannot_be_placed_leaves_nothing_behind()
    {
        var before = Remember();

        HostRules.Enter(() => Check.Throws<Exception>(() => _host.Place(_folder.File("nothing.png"), "Entrance", "view")));

        Check.Equal(before, Remember());
    }

    private void CheckEveryCall(Func<object> work, int least)
    {
        var before = Remember();
        HostRules.Watch(-1, false);
        work();
        var calls = HostRules.Calls;
        Check.True(calls.Count >= least, "only " + calls.Count + " calls");
        foreach (var afterwards in new[] { false, true })
        {
            for (var number = 0; number < calls.Count; number++)
            {
                HostRules.Watch(number, afterwards);
                var failed = Fails(work);
                HostRules.Watch(-1, false);
                // Putting back is tried again, so that one failure of it hinders nothing.
                Check.True(failed || PutsBack.Contains(calls[number]), calls[number] + " has failed and nobody was told");
                Check.Equal(before, Remember() + Difference(before, calls[number], afterwards));
            }
        }
    }

    private static bool Fails(Func<object> work)
    {
        try
        {
            work();
            return false;
        }
        catch (Exception error) when (!(error is NullReferenceException))
        {
            return true;
        }
    }

    private string Difference(string before, string call, bool afterwards)
    {
        return Remember() == before ? "" : " because " + call + " failed" + (afterwards ? " afterwards" : "");
    }

    private Shot Capture(bool guides = false, bool edges = false)
    {
        var wish = new CaptureWish
        {
            Folder = _folder.File(Guid.NewGuid().ToString("N")), LongerSide = 640, Guides = guides, Edges = edges,
        };
        Directory.CreateDirectory(wish.Folder);
        Shot shot = null;
        HostRules.Enter(() => shot = _host.Capture(wish));
        return shot;
    }

    private string Export(string view)
    {
        var folder = Directory.CreateDirectory(_folder.File(Guid.NewGuid().ToString("N"))).FullName;
        string path = null;
        HostRules.Enter(() => path = _host.ExportModel("unique-" + Find<View3D>(view).Key, folder));
        return path;
    }

    private T Find<T>(string name)
        where T : Element
    {
        return _document.Existing.OfType<T>().First(each => each.Peek<string>("Name") == name);
    }

    /// <summary>Returns everything that a user would notice.</summary>
    private string Remember()
    {
        var state = _document.State.OrderBy(each => each.Key, StringComparer.Ordinal).Select(each => each.Key + "=" + Text(each.Value));
        var selected = string.Join(",", _shown.Marked.Ids.Select(each => each.Number));
        return string.Join("\n", state) + "\nselected " + selected + "\nundo " + _document.Undo.Count + "\nopen " +
            (_document.Open != null) + " " + _document.Groups;
    }

    private static string Text(object value)
    {
        var colour = value as Autodesk.Revit.DB.Color;
        var id = value as ElementId;
        return colour != null ? colour.Red + "," + colour.Green + "," + colour.Blue : id != null ? "#" + id.Number : value + "";
    }

    private static HashSet<int> ColoursOf(string path)
    {
        var colours = new HashSet<int>();
        using (var picture = (Bitmap)Image.FromFile(path))
        {
            for (var y = 0; y < picture.Height; y += 1)
            {
                for (var x = 0; x < picture.Width; x += 1)
                {
                    colours.Add(picture.GetPixel(x, y).ToArgb() & 0xffffff);
                }
            }
        }
        return colours;
    }
}
