using System.Collections.Generic;

namespace Renderiq.Plugin
{
    /// <summary>Colours for material ids that are easily told apart.</summary>
    public static class IdColours
    {
        /// <summary>Returns so many different colours, none of which is black, white or a grey.</summary>
        public static IReadOnlyList<int> Take(int count)
        {
            var colours = new List<int>();
            var seen = new HashSet<int>();
            for (var number = 1u; colours.Count < count; number++)
            {
                // Steps of the golden ratio lie far from one another.
                var mixed = number * 2654435769u >> 8;
                var red = (int)(mixed >> 16 & 0xf8) | 4;
                var green = (int)(mixed >> 8 & 0xf8) | 2;
                var blue = (int)(mixed & 0xf8) | 1;
                var colour = red << 16 | green << 8 | blue;
                var isGrey = System.Math.Abs(red - green) < 12 && System.Math.Abs(green - blue) < 12;
                if (!isGrey && seen.Add(colour))
                {
                    colours.Add(colour);
                }
            }
            return colours;
        }
    }
}
