# frozen_string_literal: true

require "json"
require "securerandom"

module RenderiqSketchup
  # One order as the extension knows it. +options+ are those of the wire beside the look. +files+ are the names of files
  # in its folder, by the SDK's names. +item+ is its id in the queue, or nil until it is there. +session+ names the
  # running SketchUp that ordered it. +created+ are seconds since the Unix epoch.
  Job = Struct.new(:id, :view, :look, :options, :files, :output, :session, :item, :problem, :created, :left_out,
                   keyword_init: true) do
    def with(**changes)
      Job.new(**to_h, **changes).freeze
    end
  end

  # What the extension keeps on disk beside the queue: the captures of each order with its settings, and saved looks.
  class Jobs
    CAPTURE = "capture.png"

    def initialize(directory)
      @directory = directory
    end

    def folder(id)
      File.join(@directory, "jobs", id)
    end

    # Returns the id of a new job, whose folder is there.
    def make
      id = format("%<seconds>010d-%<chance>s", seconds: Time.now.to_i, chance: SecureRandom.hex(4))
      FileUtils.mkdir_p(folder(id))
      id
    end

    # Writes a job, whole or not at all, and returns it.
    def save(job)
      write(File.join(folder(job.id), "job.json"), job.to_h)
      job
    end

    # Returns the jobs from old to new. Damaged ones are left out.
    def all
      root = File.join(@directory, "jobs")
      return [] unless File.directory?(root)

      Dir.children(root).sort.map { |id| get(id) }.compact
    end

    def get(id)
      values = JSON.parse(File.read(File.join(folder(id), "job.json"), encoding: "UTF-8"))
      Job.new(**values.transform_keys(&:to_sym).slice(*Job.members)).freeze
    rescue SystemCallError, JSON::ParserError, ArgumentError
      nil
    end

    # Returns a new job with the captures of another one. Files are linked where the disk can do that.
    def copy(job, **changes)
      id = make
      job.files.each_value { |name| link(File.join(folder(job.id), name), File.join(folder(id), name)) }
      save(job.with(id: id, item: nil, problem: nil, created: Time.now.to_f, **changes))
    end

    # Removes a job and its captures. Its result stays.
    def remove(id)
      FileUtils.rm_rf(folder(id))
    end

    # Returns the saved looks by their names.
    def looks
      found = JSON.parse(File.read(looks_path, encoding: "UTF-8"))
      found.is_a?(Hash) ? found.select { |_, look| look.is_a?(Hash) } : {}
    rescue SystemCallError, JSON::ParserError
      {}
    end

    # Saves a look under a name. Nil removes it.
    def save_look(name, look)
      write(looks_path, looks.merge(name => look).compact.sort.to_h)
    end

    private

    def link(from, to)
      File.link(from, to)
    rescue SystemCallError, NotImplementedError
      FileUtils.cp(from, to)
    end

    def looks_path
      File.join(@directory, "looks.json")
    end

    def write(path, values)
      FileUtils.mkdir_p(File.dirname(path))
      part = "#{path}.part"
      File.write(part, JSON.generate(values))
      File.rename(part, path)
    end
  end
end
