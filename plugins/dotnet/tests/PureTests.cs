using System;
using System.Collections.Generic;
using System.Drawing;
using System.Linq;
using System.Threading;
using Renderiq;
using Renderiq.Plugin;

/// <summary>Frames, cameras, names, pictures, and settings that are put back.</summary>
public sealed class PureTests : IDisposable
{
    private readonly TestFolder _folder = new TestFolder();

    public void Dispose()
    {
        _folder.Dispose();
    }

    public void The_nearest_ratio_crops_the_smallest_part_away()
    {
        Check.Equal("16:9", Frame.Choose("nearest", 1900, 1000, Frame.Ratios).Key);
        Check.Equal("2:3", Frame.Choose("nearest", 700, 1000, Frame.Ratios).Key);
    }

    public void A_ratio_is_cropped_in_the_middle()
    {
        var crop = Frame.Choose("1:1", 200, 100, Frame.Ratios).Value;

        Check.Equal("{\"x\":0.25,\"y\":0,\"width\":0.5,\"height\":1}", crop.Wire().ToString());
    }

    public void The_views_own_ratio_is_at_most_eight_to_one()
    {
        Check.Equal(0.8, Frame.Choose("source", 1000, 100, Frame.Ratios).Value.Width);
    }

    public void A_camera_is_in_metres_with_y_up()
    {
        var wire = Seen(false).Wire(new Crop(0, 0, 1, 1));

        Check.Equal("[1, 2, 10]", "[" + string.Join(", ", wire.List("position")) + "]");
        Check.Equal("[1, 2, 0]", "[" + string.Join(", ", wire.List("target")) + "]");
        Check.Equal(53.1301, wire.Number("fov"));
        Check.True(!wire.ContainsKey("shift"), "it is not shifted");
    }

    public void A_crop_beside_the_middle_shifts_a_perspective()
    {
        var wire = Seen(false).Wire(new Crop(0.5, 0, 0.5, 0.5));

        Check.Equal("[0.5, 0.25]", "[" + string.Join(", ", wire.List("shift")) + "]");
        Check.Equal(Math.Round(2 * Math.Atan(0.25) * 180 / Math.PI, 4), wire.Number("fov"));
    }

    public void A_crop_beside_the_middle_moves_the_eye_of_a_parallel_view()
    {
        var wire = Seen(true).Wire(new Crop(0.5, 0, 0.5, 0.5));

        Check.Equal("[6, 4.5, 10]", "[" + string.Join(", ", wire.List("position")) + "]");
        Check.Equal("parallel", wire.Text("projection"));
    }

    public void The_longest_word_of_a_name_tells_the_material()
    {
        Check.Equal("brick", MaterialWords.MaterialOf("Brick, Common"));
        Check.Equal("roof_tiles", MaterialWords.MaterialOf("RoofTiles-03"));
        Check.Equal("glass", MaterialWords.MaterialOf("Glas"));
        Check.Equal(null, MaterialWords.MaterialOf("Default"));
    }

    public void Versions_are_compared_by_their_numbers()
    {
        Check.True(Names.IsOlder("0.9.0", "0.10.0") && !Names.IsOlder("1.0.0", "1.0.0-beta"), "wrong order");
    }

    public void Colours_of_material_ids_are_all_different()
    {
        var colours = IdColours.Take(2000);

        Check.Equal(2000, colours.Distinct().Count());
        Check.True(!colours.Contains(0) && !colours.Contains(0xffffff), "black and white are no ids");
    }

    public void Lines_in_a_picture_of_ids_get_the_colour_beside_them()
    {
        using (var picture = new Bitmap(20, 10))
        using (var graphics = Graphics.FromImage(picture))
        {
            graphics.Clear(Color.FromArgb(0x10, 0x20, 0x31));
            for (var y = 0; y < 10; y++)
            {
                picture.SetPixel(5, y, Color.FromArgb(1, 2, 3));
            }
            picture.Save(_folder.File("drawn.png"));
        }

        var written = Pictures.WriteIds(_folder.File("drawn.png"), _folder.File("ids.png"), new HashSet<int> { 0x102031 });

        Check.Equal(0.05, written.Key);
        using (var ids = (Bitmap)Image.FromFile(_folder.File("ids.png")))
        {
            Check.Equal(0x102031, ids.GetPixel(5, 5).ToArgb() & 0xffffff);
        }
    }

    public void Areas_without_a_material_are_black()
    {
        TestHost.Draw(_folder.File("drawn.png"), 64, 64, Color.FromArgb(0x10, 0x20, 0x31), Color.FromArgb(7, 7, 7));

        Pictures.WriteIds(_folder.File("drawn.png"), _folder.File("ids.png"), new HashSet<int> { 0x102031 });

        using (var ids = (Bitmap)Image.FromFile(_folder.File("ids.png")))
        {
            Check.Equal(0, ids.GetPixel(2, 2).ToArgb() & 0xffffff);
        }
    }

    public void Settings_are_put_back_in_reverse_also_if_one_of_them_cannot()
    {
        var done = new List<int>();
        Check.Throws<InvalidOperationException>(() => Restore.Around<int>(restore =>
        {
            restore.Later(() => done.Add(1));
            restore.Later(() => { throw new InvalidOperationException("no"); });
            restore.Later(() => done.Add(3));
            return 0;
        }));

        Check.Equal(new[] { 3, 1 }, done);
    }

    public void A_setting_that_fails_once_is_put_back_at_the_second_try()
    {
        var tries = 0;
        Restore.Around(restore =>
        {
            restore.Later(() =>
            {
                if (++tries == 1)
                {
                    throw new InvalidOperationException("not now");
                }
            });
            return 0;
        });

        Check.Equal(2, tries);
    }

    public void Work_that_waited_too_long_for_the_host_is_not_done_later()
    {
        var loop = new Loop(error => { throw error; });
        var thread = new HostThread(loop, () => { }, TimeSpan.FromMilliseconds(20));
        var isDone = false;

        var task = thread.RunAsync(() => isDone = true);
        loop.RunUntil(() => task.IsFaulted, TimeSpan.FromSeconds(50));
        thread.RunNext();

        Check.Equal("BUSY", ((RefusedException)task.Exception.GetBaseException()).Code);
        Check.True(!isDone, "it was done");
    }

    public void A_loop_in_a_thread_of_its_own_ends_when_it_is_stopped()
    {
        var loop = new Loop(error => { throw error; });
        var done = new ManualResetEvent(false);
        loop.Start("test");
        loop.Post(() => done.Set());
        Check.True(done.WaitOne(TimeSpan.FromSeconds(50)), "nothing was done");

        loop.Stop(TimeSpan.FromSeconds(50));

        loop.Post(() => done.Reset());
        Check.True(done.WaitOne(0), "it goes on");
    }

    private static Camera Seen(bool isParallel)
    {
        return new Camera
        {
            Eye = new Vector(1, -10, 2), Forward = new Vector(0, 1, 0), Up = new Vector(0, 0, 1), IsParallel = isParallel,
            Width = 20, Height = 10, Distance = 10,
        };
    }
}
