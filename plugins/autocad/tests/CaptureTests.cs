using System;
using System.Collections.Generic;
using System.Drawing;
using System.IO;
using System.Linq;
using System.Threading;
using Autodesk.AutoCAD.ApplicationServices;
using Autodesk.AutoCAD.ApplicationServices.Core;
using Autodesk.AutoCAD.DatabaseServices;
using Renderiq.AutoCad;
using Renderiq.Doubles;
using Renderiq.Plugin;

/// <summary>What AutoCAD draws, and that nothing of a drawing changes by it.</summary>
public sealed class CaptureTests : IDisposable
{
    private static readonly string[] PutsBack =
    {
        "Application.SetSystemVariable", "Editor.SetImpliedSelection", "Editor.SetCurrentView", "LayoutManager.CurrentLayout =",
    };

    /// <summary>What they return has to be given back: a call that hands nothing out has opened nothing.</summary>
    private static readonly string[] HandsOut = { "Document.LockDocument", "TransactionManager.StartTransaction" };

    private readonly TestFolder _folder = new TestFolder();
    private readonly Document _document;
    private readonly AutoCadHost _host = new AutoCadHost();

    public CaptureTests()
    {
        HostRules.Adopt(message => new Autodesk.AutoCAD.Runtime.Exception(message), true);
        _document = new Document(House.Build());
        Application.Reset(_document);
        _document.Asked.Selected = new[] { new ObjectId(1), new ObjectId(2) };
    }

    public void Dispose()
    {
        _folder.Dispose();
    }

    public void A_capture_shows_no_grid_icons_and_selection()
    {
        Check.True(!ColoursOf(Capture().Picture).Contains(Drawing.Mark), "marks are in the picture");
    }

    public void A_window_without_preparation_does_show_them()
    {
        using (var picture = DocumentExtension.CapturePreviewImage(_document, 640, 400))
        {
            picture.Save(_folder.File("plain.png"));
        }

        Check.True(ColoursOf(_folder.File("plain.png")).Contains(Drawing.Mark), "the double draws no marks");
    }

    public void Everything_is_as_before_after_a_capture()
    {
        foreach (var view in new[] { null, "view:Street", "layout:Facades" })
        {
            var before = Remember();
            Capture(view);
            Check.Equal(before, Remember());
        }
    }

    public void Everything_is_as_before_whichever_call_fails_and_whether_before_or_after_its_work()
    {
        CheckEveryCall(() => Capture(), 30);
    }

    public void Everything_is_as_before_whichever_call_of_a_named_view_fails()
    {
        CheckEveryCall(() => Capture("view:Door"), 40);
    }

    public void Everything_is_as_before_whichever_call_of_a_layout_fails()
    {
        CheckEveryCall(() => Capture("layout:Facades"), 50);
    }

    public void A_named_view_is_captured_from_a_layout_too()
    {
        LayoutManager.Shown = "Plan";
        var before = Remember();

        var shot = Capture("view:Door");

        Check.Equal("Door", shot.View.Name);
        Check.Equal(before, Remember());
    }

    public void A_capture_in_another_thread_fails()
    {
        Exception found = null;
        var thread = new Thread(() => found = Check.Throws<Exception>(() => Capture()));
        thread.Start();
        thread.Join();

        Check.True(found.Message.Contains("another thread"), found.Message);
    }

    public void A_picture_has_the_proportions_of_the_window()
    {
        Check.Equal(new Size(640, 400), Pictures.SizeOf(Capture().Picture));
    }

    public void Named_views_of_the_model_and_layouts_can_be_a_batch()
    {
        Check.Equal(new[] { "Street", "Door", "Plan", "Facades" }, _host.Views().Select(each => each.Name));
    }

    public void A_view_or_a_layout_that_is_gone_is_refused()
    {
        Check.Equal("NOT_FOUND", Check.Throws<RefusedException>(() => Capture("view:Garden")).Code);
        Check.Equal("NOT_FOUND", Check.Throws<RefusedException>(() => Capture("layout:Garden")).Code);
    }

    public void During_a_command_nothing_is_captured()
    {
        _document.Command = "LINE";

        Check.Equal("BUSY", Check.Throws<RefusedException>(() => Capture()).Code);
    }

    public void Without_a_drawing_there_is_nothing_to_capture()
    {
        Application.Reset(null);

        Check.Equal("NOTHING_TO_CAPTURE", Check.Throws<RefusedException>(() => Capture()).Code);
        Check.Equal(0, _host.Views().Count);
        Check.Equal(null, _host.DocumentFolder());
    }

    public void A_drawing_that_was_saved_has_a_folder()
    {
        Application.Variables["DWGPREFIX"] = _folder.Root;

        Check.Equal(_folder.Root, _host.DocumentFolder());
    }

    public void A_result_becomes_an_image_at_the_lower_left_of_the_window()
    {
        TestHost.Draw(_folder.File("result.png"), 64, 32, Color.Red, Color.Blue);

        _host.Place(_folder.File("result.png"), "Street", "view");
        _host.Place(_folder.File("result.png"), "Street", "view");

        var images = _document.Drawn.Objects.Values.OfType<RasterImage>().ToList();
        Check.Equal(2, images.Count);
        Check.Equal("0 0 80 40", images[0].Place.Origin.X + " " + images[0].Place.Origin.Y + " " + images[0].Place.Xaxis.X + " " +
            images[0].Place.Yaxis.Y);
        Check.True(images.All(each => each.IsAssociated), "the picture is not tied to its definition");
        Check.Equal(2, _document.Drawn.Undo);
    }

    public void Whichever_call_of_placing_fails_nothing_is_left_behind()
    {
        TestHost.Draw(_folder.File("result.png"), 64, 32, Color.Red, Color.Blue);
        var before = Remember();
        HostRules.Watch(-1, false);
        _host.Place(_folder.File("result.png"), "Street", "view");
        var calls = HostRules.Calls.TakeWhile(each => each != "Transaction.Commit").ToList();
        Check.True(calls.Count > 15, "only " + calls.Count + " calls");

        for (var number = 0; number < calls.Count; number++)
        {
            var document = new Document(House.Build());
            Application.Reset(document);
            HostRules.Watch(number, false);
            Check.Throws<Exception>(() => _host.Place(_folder.File("result.png"), "Street", "view"));
            HostRules.Watch(-1, false);
            Check.Equal(0, document.Drawn.Objects.Values.OfType<RasterImage>().Count());
            Check.True(document.Drawn.Images.IsNull && !document.Drawn.IsLocked, "something is left after " + calls[number]);
        }
        Check.True(before.Length > 0, "nothing was remembered");
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
                if (afterwards && HandsOut.Contains(calls[number]))
                {
                    continue;
                }
                HostRules.Watch(number, afterwards);
                var failed = Fails(work);
                HostRules.Watch(-1, false);
                // Putting back is tried again, so that one failure of it hinders nothing.
                Check.True(failed || PutsBack.Contains(calls[number]), calls[number] + " has failed and nobody was told");
                var now = Remember();
                Check.Equal(before, now == before ? now : now + " because " + calls[number] + " failed " + afterwards);
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

    private Shot Capture(string view = null)
    {
        var folder = Directory.CreateDirectory(_folder.File(Guid.NewGuid().ToString("N"))).FullName;
        return _host.Capture(new CaptureWish { ViewId = view, Folder = folder, LongerSide = 640 });
    }

    /// <summary>Returns everything that a user would notice.</summary>
    private string Remember()
    {
        var shown = _document.Asked.Shown;
        return string.Join(" ", Application.Variables.Select(each => each.Key + "=" + each.Value)) +
            " selected " + string.Join(",", _document.Asked.Selected.Select(each => each.Key)) +
            " view " + shown.Middle.X + " " + shown.Middle.Y + " " + shown.Wide + " " + shown.Tall +
            " layout " + LayoutManager.Shown + " undo " + _document.Drawn.Undo + " locked " + _document.Drawn.IsLocked +
            " open " + (_document.Drawn.Open != null) + " objects " + _document.Drawn.Objects.Count;
    }

    private static HashSet<int> ColoursOf(string path)
    {
        var colours = new HashSet<int>();
        using (var picture = (Bitmap)Image.FromFile(path))
        {
            for (var y = 0; y < picture.Height; y++)
            {
                for (var x = 0; x < picture.Width; x++)
                {
                    colours.Add(picture.GetPixel(x, y).ToArgb() & 0xffffff);
                }
            }
        }
        return colours;
    }
}
