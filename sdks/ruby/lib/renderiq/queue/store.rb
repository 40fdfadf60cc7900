# frozen_string_literal: true

require "fileutils"
require "json"

module Renderiq
  class Queue
    # The orders on disk: a folder for each one, with its JSON and its pictures.
    #
    #   active/000007-<id>/order.json, image.png    has not ended
    #   ended/000006-<id>/…                         has ended: a pass does not read it
    #   paused.json                                 why nothing is sent
    #   results/000006-<id>.png
    #
    # Each change is on disk when its method returns. Files are replaced whole, and +store.lock+ is held meanwhile, by
    # readers too: Windows replaces no file that somebody reads. Several processes may use the store at the same time.
    class Store
      # A user has edited or ended an order while the sender worked on it.
      class Superseded < StandardError
      end

      ORDER = "order.json"
      PART = ".part"
      ORPHAN_SECONDS = 3600.0
      private_constant :ORDER, :PART, :ORPHAN_SECONDS

      attr_reader :sender_lock_path

      def initialize(directory)
        @directory = directory
        # Not the name that the SDK for Python uses: both may share a folder, and have orders of their own.
        @sender_lock_path = path("send.lock")
        @mutex = Mutex.new
      end

      # Stores a new order and its pictures, and returns it with its number. Raises DiskError; nothing is stored then.
      def add(order, files)
        part = path("active", "#{order.id}#{PART}")
        files.each_value { |file| store(file, File.join(part, file.name)) }
        locked do
          order = order.with(number: names.map(&:to_i).max.to_i + 1)
          write(part, order)
          Files.move(part, folder("active", order))
        end
        order
      ensure
        FileUtils.rm_rf(part)
      end

      # Stores what the sender has done. What a user has done meanwhile counts more.
      #
      # Raises Superseded if the order was edited or has ended. If it is to be cancelled since, it is due at once;
      # +cancellation_is_done+ tells that the server knows.
      def save(order, cancellation_is_done: false)
        locked { replace(order, cancellation_is_done) }
      end

      # Returns an order. Raises StateError.
      def get(id)
        locked { find(id) }
      end

      # Replaces an order by what the block makes of it, while nobody else changes one. Raises StateError.
      def change(id)
        locked { keep(yield(find(id))) }
      end

      # Returns all orders, in the order they were added.
      def all
        locked { read_all("active") + read_all("ended") }.sort_by(&:number)
      end

      # Returns the orders that have not ended, in the order they were added.
      def active
        locked { read_all("active").reject(&:ended?) }
      end

      # Forgets an order and its pictures, and leaves its result.
      def remove(id)
        part = path("active", "#{id}#{PART}")
        locked { Files.move(existing_folder(find(id)), part) }
        FileUtils.rm_rf(part)
      end

      # Returns why the queue is paused, or nil.
      def paused
        locked { paused_now }
      end

      # Pauses the queue because of an order, which is stored as +save+ does.
      def pause(paused, order)
        locked do
          # In this order: an order that is held in a queue that is not paused would never be tried again.
          write_json(path("paused.json"), paused.to_h)
          replace(order, false)
        end
      end

      # Ends the pause. The orders that were held are due at once.
      def resume(now)
        locked do
          held = read_all("active").select { |order| order.due.nil? && !order.ended? }
          held.each { |order| keep(order.with(due: now)) }
          FileUtils.rm_f(path("paused.json"))
        end
      end

      # Makes due what failed temporarily.
      def wake(now)
        locked { read_all("active").select(&:temporary).each { |order| keep(order.with(due: now)) } }
      end

      # Returns the path of a picture of an order.
      def picture(order, name)
        File.join(existing_folder(order), order.pictures[name])
      end

      # Returns where the picture of a finished order goes.
      def result_path(order, extension)
        order.output || path("results", "#{folder_name(order)}#{extension}")
      end

      # Removes pictures of orders that were being added when their process ended.
      def remove_orphans
        Dir.glob(path("active", "*#{PART}")).each do |each|
          FileUtils.rm_rf(each) if Time.now - File.mtime(each) > ORPHAN_SECONDS
        end
      end

      private

      # Copying a large file would hold a host with one thread up.
      def store(file, path)
        return Files.write(path, file.content) unless file.respond_to?(:path)

        FileUtils.mkdir_p(File.dirname(path))
        File.link(file.path, path)
      rescue SystemCallError, NotImplementedError # another disk, or one without links
        Files.replace(path) { |copy| IO.copy_stream(file.path, copy) }
      end

      # The block does not wait for anything, and does not call a public method.
      def locked(&block)
        @mutex.synchronize { Locks.hold_briefly(path("store.lock"), &block) }
      rescue SystemCallError => e
        raise Files.disk_error(e)
      end

      def replace(order, cancellation_is_done)
        now = read(existing_folder(order))
        raise Superseded if now.nil? || now.key != order.key || now.ended?

        was_cancelled = now.cancelling && !order.cancelling && !order.ended?
        order = order.to_be_cancelled(0.0, now.reason) if was_cancelled && !cancellation_is_done
        keep(order)
      end

      # Writes an order that is there already. An order that is to be sent is in +active+ before its file says so, and
      # one that has ended leaves it afterwards: a crash in between leaves nothing behind that nobody looks at.
      def keep(order)
        move(order, "ended", "active") unless order.ended?
        write(existing_folder(order), order)
        move(order, "active", "ended") if order.ended?
        order
      end

      def move(order, from, to)
        return unless File.directory?(folder(from, order))

        FileUtils.mkdir_p(path(to))
        Files.move(folder(from, order), folder(to, order))
      rescue Errno::EACCES
        raise if to == "active" # else it is only slower: somebody reads a picture of it, on Windows
      end

      def find(id)
        name = names.find { |each| each.end_with?("-#{id}") }
        order = name && %w[active ended].map { |each| read(path(each, name)) }.compact.first
        order or raise StateError.new("NOT_FOUND", "The queue has no such order.")
      end

      def names
        %w[active ended].flat_map { |each| names_in(each) }
      end

      def names_in(name)
        Dir.exist?(path(name)) ? Dir.children(path(name)).reject { |each| each.end_with?(PART) } : []
      end

      def read_all(name)
        names_in(name).sort.map { |each| read(path(name, each)) }.compact
      end

      # Returns the order of a folder, or nil if there is none.
      def read(folder)
        values = JSON.parse(File.read(File.join(folder, ORDER), encoding: "UTF-8"))
        values = values.transform_keys(&:to_sym).slice(*Order.members)
        values[:uploads] = values[:uploads].transform_values { |each| Upload.new(**each.transform_keys(&:to_sym)) }
        values[:reason] &&= Reason.new(*values[:reason].values_at("code", "message"))
        Order.new(**values).freeze
      rescue Errno::ENOENT, Errno::ENOTDIR, JSON::ParserError
        nil # what a broken disk has damaged stays where it is, and holds nothing up
      end

      def write(folder, order)
        values = order.to_h
        values[:uploads] = order.uploads.transform_values(&:to_h)
        values[:reason] = order.reason&.to_h
        write_json(File.join(folder, ORDER), values)
      end

      def write_json(path, values)
        Files.write(path, JSON.generate(values), part: "#{File.basename(path)}#{PART}")
      end

      def paused_now
        values = JSON.parse(File.read(path("paused.json"), encoding: "UTF-8"))
        Paused.new(*values.values_at("code", "message", "details"))
      rescue Errno::ENOENT, JSON::ParserError
        nil
      end

      def existing_folder(order)
        folders = %w[active ended].map { |each| folder(each, order) }
        folders.find { |each| File.directory?(each) } || folders.first
      end

      def folder(name, order)
        path(name, folder_name(order))
      end

      def folder_name(order)
        format("%<number>06d-%<id>s", number: order.number, id: order.id)
      end

      def path(*names)
        File.join(@directory, *names)
      end
    end
  end
end
