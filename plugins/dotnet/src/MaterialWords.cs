using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;

namespace Renderiq.Plugin
{
    /// <summary>Which of the API's materials the name of a host's material means.</summary>
    public static class MaterialWords
    {
        private static readonly Dictionary<string, string> Words = new Dictionary<string, string>
        {
            { "plaster", "plaster,stucco,drywall,gypsum,putz,enduit,yeso" },
            { "paint", "paint,painted,lacquer,plastic,farbe,lack" },
            { "concrete", "concrete,cement,screed,beton,béton,hormigon" },
            { "brick", "brick,bricks,masonry,clinker,ziegel,klinker,brique,ladrillo" },
            { "stone", "stone,marble,granite,slate,limestone,sandstone,stein,marmor,pierre,piedra" },
            { "metal", "metal,steel,aluminium,aluminum,zinc,copper,iron,chrome,stahl,metall,acier" },
            { "glass", "glass,glazing,window,pane,glas,verre,vidrio" },
            { "wood", "wood,timber,oak,pine,parquet,plywood,cladding,holz,eiche,bois,madera" },
            { "roof_tiles", "roof tiles,roof tile,roof,roofing,shingles,dach,dachziegel,toit,tejado" },
            { "tiles", "tiles,tile,ceramic,porcelain,fliesen,fliese,carrelage" },
            { "fabric", "fabric,textile,cloth,carpet,leather,upholstery,stoff,teppich,tissu" },
            { "foliage", "foliage,tree,trees,leaf,leaves,hedge,plant,plants,baum,hecke,laub" },
            { "grass", "grass,lawn,meadow,turf,rasen,wiese,gazon" },
            { "paving", "paving,asphalt,pavement,pavers,street,road,pflaster,strasse,straße" },
            { "gravel", "gravel,pebbles,kies,gravier" },
            { "soil", "soil,earth,dirt,mud,erde,terre" },
            { "sand", "sand,sable,arena" },
            { "water", "water,pool,sea,lake,river,wasser,eau,agua" },
        };

        /// <summary>Returns the API's material, or null. The longest word of the name that is known counts.</summary>
        public static string MaterialOf(string name)
        {
            var apart = Regex.Replace(name ?? "", "([a-z])([A-Z])", "$1 $2");
            var text = " " + Regex.Replace(apart, @"[\W\d_]+", " ").Trim().ToLowerInvariant() + " ";
            return Words
                .SelectMany(each => each.Value.Split(','), (each, word) => new { each.Key, Word = word })
                .Where(each => text.Contains(" " + each.Word + " "))
                .OrderByDescending(each => each.Word.Length).ThenByDescending(each => each.Key, StringComparer.Ordinal)
                .Select(each => each.Key).FirstOrDefault();
        }

        /// <summary>Returns the field <c>materials</c> of an order: the material of each colour that is there and has one.</summary>
        public static JsonObject Named(IEnumerable<KeyValuePair<int, string>> names, ICollection<int> seen, int most)
        {
            var known = names.Where(each => seen.Contains(each.Key))
                .Select(each => new KeyValuePair<string, string>("#" + each.Key.ToString("x6"), MaterialOf(each.Value)))
                .Where(each => each.Value != null).Take(most);
            return new JsonObject(known.ToDictionary(each => each.Key, each => (object)each.Value));
        }
    }
}
