# frozen_string_literal: true

module RenderiqSketchup
  # Which of the API's materials a name of a SketchUp material means. It calls nothing of SketchUp.
  module MaterialWords
    WORDS = {
      "plaster" => %w[plaster stucco drywall gypsum putz enduit yeso],
      "paint" => %w[paint painted lacquer plastic farbe lack],
      "concrete" => %w[concrete cement screed beton béton hormigon],
      "brick" => %w[brick bricks masonry clinker ziegel klinker brique ladrillo],
      "stone" => %w[stone marble granite slate limestone sandstone stein marmor pierre piedra],
      "metal" => %w[metal steel aluminium aluminum zinc copper iron chrome stahl metall acier],
      "glass" => %w[glass glazing window pane translucent glas verre vidrio],
      "wood" => %w[wood timber oak pine parquet plywood cladding holz eiche bois madera],
      "roof_tiles" => ["roof tiles", "roof tile", "roof", "roofing", "shingles", "dach", "dachziegel", "toit",
                       "tejado"],
      "tiles" => %w[tiles tile ceramic porcelain fliesen fliese carrelage],
      "fabric" => %w[fabric textile cloth carpet leather upholstery stoff teppich tissu],
      "foliage" => %w[foliage tree trees leaf leaves hedge plant plants vegetation baum hecke laub],
      "grass" => %w[grass lawn meadow turf rasen wiese gazon],
      "paving" => %w[paving asphalt pavement pavers street road pflaster strasse straße],
      "gravel" => %w[gravel pebbles kies gravier],
      "soil" => %w[soil earth dirt mud erde terre],
      "sand" => %w[sand sable arena],
      "water" => %w[water pool sea lake river wasser eau agua]
    }.freeze

    module_function

    # Returns the API's material, or nil. The longest word of the name that is known counts.
    def material_of(name)
      text = name.gsub(/(\p{Ll})(\p{Lu})/, '\1 \2').gsub(/[^\p{L}]+/, " ").strip.downcase
      found = WORDS.flat_map { |material, words| words.map { |word| [word.length, material, word] } }
                   .select { |_, _, word| " #{text} ".include?(" #{word} ") }
      found.max&.at(1)
    end
  end

  # The flat colours of the material id image: far from each other, and from black.
  module IdColours
    module_function

    # Returns so many different colours: [red, green, blue], each from 0 to 255.
    def take(count)
      colours = []
      number = 0
      while colours.size < count
        ring = number / 24
        colour = rgb((number * 0.61803398875) % 1.0, [0.5, 0.35, 0.68, 0.25, 0.78][ring % 5], [1.0, 0.65][ring / 5 % 2])
        colours << colour unless colours.include?(colour)
        number += 1
      end
      colours
    end

    # Returns the name of a colour on the wire.
    def hex(colour)
      "##{colour.map { |level| level.to_s(16).rjust(2, "0") }.join}"
    end

    def rgb(hue, lightness, saturation)
      chroma = (1 - ((2 * lightness) - 1).abs) * saturation
      [0, 8, 4].map do |shift|
        k = (shift + (hue * 12)) % 12
        (255 * (lightness - (chroma / 2 * [[k - 3, 9 - k, 1].min, -1].max))).round
      end
    end
    private_class_method :rgb
  end
end
