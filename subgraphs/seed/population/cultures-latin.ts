import type { Draft } from './words.ts';

/** Cultures that write in Latin script. Names are the commonest ones; nobody in particular is meant. */
export const latin: Readonly<Record<string, Draft>> = {
  en: {
    given:
      'James Mary Robert Linda David Susan Michael Karen Daniel Emma Thomas Olivia Paul Grace Kevin Hannah Brian Chloe Mark Sophie',
    family:
      "Smith Johnson Williams Brown Taylor Wilson Clark Walker Hughes Green Baker Carter Mitchell Turner Parker Cooper Morgan Bennett Foster O'Brien Kelly Murphy Campbell Stewart",
    trades:
      'Logistics,Engineering,Software,Foods,Chemicals,Construction,Medical,Trading,Energy,Textiles,Packaging,Consulting',
    streets:
      '{n} High Street | {n} Station Road | {n} Mill Lane | {n} Church Street | {n} Commerce Drive | {n} Industrial Parkway | {n} Victoria Road | {n} Park Avenue',
  },
  'en-IN': {
    given: 'Aarav Priya Vikram Ananya Rohan Kavya Arjun Meera Sanjay Divya Rahul Neha Karan Pooja Amit Sneha',
    family:
      'Sharma Patel Gupta Singh Reddy Iyer Mehta Nair Kapoor Joshi Desai Rao Chatterjee Bose Verma Khan Malhotra Agarwal',
    trades:
      'Logistics,Engineering Works,Infotech,Foods,Chemicals,Constructions,Healthcare,Traders,Power,Textiles,Packaging,Consultants',
    streets:
      'Plot {n}, MIDC Industrial Area | {n}, Mahatma Gandhi Road | {n}, Nehru Place | {n}, Ring Road | {n}, Station Road',
  },
  de: {
    given:
      'Anna Lukas Sabine Jürgen Katharina Stefan Ursula Andreas Monika Jörg Petra Matthias Birgit Wolfgang Heike Tobias Claudia Florian Renate Günther',
    family:
      'Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer Richter Klein Wolf Schröder Neumann Schwarz Zimmermann Krüger Hofmann Lange Weiß',
    trades:
      'Logistik,Maschinenbau,Software,Lebensmittel,Chemie,Bau,Medizintechnik,Handel,Energie,Textil,Verpackungen,Beratung',
    streets:
      'Hauptstraße {n} | Bahnhofstraße {n} | Gartenweg {n} | Industriestraße {n} | Am Gewerbepark {n} | Lindenallee {n} | Schillerstraße {n} | Mühlweg {n}',
  },
  fr: {
    given:
      'Jean Marie Pierre Nathalie Michel Isabelle Élodie François Céline Laurent Sylvie Benoît Hélène Gérard Aurélie Thierry Camille Éric',
    family:
      'Martin Bernard Dubois Thomas Robert Richard Petit Durand Leroy Moreau Simon Laurent Lefèvre Roux Fournier Girard Bonnet Mercier Lambert Rousseau Faure Guérin',
    trades:
      'Logistique,Mécanique,Logiciels,Alimentation,Chimie,Construction,Médical,Distribution,Énergie,Textiles,Emballages,Conseil',
    streets:
      "{n}, rue de la République | {n}, avenue de l'Europe | {n}, rue Victor Hugo | {n}, boulevard Voltaire | {n}, place de la Gare | {n}, chemin du Moulin",
  },
  es: {
    given:
      'María José Carmen Antonio Ana Francisco Lucía Javier Elena Miguel Paula Sergio Sofía Andrés Inés Raúl Mónica Álvaro',
    family:
      'García Fernández González Rodríguez López Martínez Sánchez Pérez Gómez Martín Jiménez Ruiz Hernández Díaz Moreno Muñoz Álvarez Romero Navarro Torres',
    trades:
      'Logística,Maquinaria,Software,Alimentos,Química,Construcciones,Equipos Médicos,Comercial,Energía,Textiles,Envases,Consultores',
    streets:
      'Calle Mayor {n} | Avenida de la Constitución {n} | Calle Real {n} | Paseo del Prado {n} | Plaza de España {n} | Polígono Industrial Norte {n}',
  },
  pt: {
    given:
      'João Ana Pedro Mariana Carlos Beatriz Luís Fernanda Rafael Camila Tiago Inês Rui Catarina Gonçalo Juliana',
    family:
      'Silva Santos Oliveira Souza Pereira Costa Rodrigues Almeida Nascimento Lima Araújo Ferreira Carvalho Gomes Martins Rocha Ribeiro Conceição',
    trades:
      'Logística,Máquinas,Software,Alimentos,Química,Construções,Equipamentos Médicos,Comercial,Energia,Têxteis,Embalagens,Consultoria',
    streets:
      'Rua das Flores, {n} | Avenida da Liberdade, {n} | Rua do Comércio, {n} | Avenida Brasil, {n} | Travessa da Estação, {n}',
  },
  it: {
    given:
      'Giulia Marco Francesca Luca Chiara Matteo Sara Alessandro Elisa Paolo Valentina Andrea Federica Niccolò',
    family:
      'Rossi Russo Ferrari Esposito Bianchi Romano Colombo Ricci Marino Greco Bruno Gallo Conti Costa Mancini Barbieri Fontana',
    trades:
      'Logistica,Meccanica,Software,Alimentari,Chimica,Costruzioni,Medicale,Commerciale,Energia,Tessuti,Imballaggi,Consulenza',
    streets:
      'Via Roma {n} | Via Garibaldi {n} | Corso Italia {n} | Piazza della Libertà {n} | Via dell’Industria {n} | Viale Europa {n}',
  },
  nl: {
    given: 'Daan Emma Sem Julia Lars Sanne Bram Lotte Thijs Femke Ruben Marieke Joost Anouk',
    family:
      'Jansen Bakker Visser Smit Meijer Mulder Bos Vos Peters Hendriks Dekker Brouwer Dijkstra Smits Kuipers Maas',
    trades:
      'Logistiek,Machinebouw,Software,Voeding,Chemie,Bouw,Medische Techniek,Handel,Energie,Textiel,Verpakkingen,Advies',
    streets:
      'Dorpsstraat {n} | Kerkstraat {n} | Stationsweg {n} | Industrieweg {n} | Molenstraat {n} | Havenkade {n}',
  },
  sv: {
    given: 'Erik Anna Lars Karin Anders Eva Johan Åsa Björn Linnéa Göran Malin Håkan Elin',
    family:
      'Andersson Johansson Karlsson Nilsson Eriksson Larsson Olsson Persson Svensson Gustafsson Lindström Sjöberg Åkesson Bergström',
    trades: 'Logistik,Maskin,Data,Livsmedel,Kemi,Bygg,Medicinteknik,Handel,Energi,Textil,Emballage,Konsult',
    streets: 'Storgatan {n} | Kungsgatan {n} | Industrigatan {n} | Järnvägsgatan {n} | Hamngatan {n}',
  },
  da: {
    given: 'Mette Lars Anne Jens Søren Kirsten Niels Hanne Jørgen Maja Rasmus Ida',
    family:
      'Jensen Nielsen Hansen Pedersen Andersen Christensen Larsen Sørensen Rasmussen Jørgensen Møller Østergaard',
    trades: 'Logistik,Maskiner,Software,Fødevarer,Kemi,Byg,Medico,Handel,Energi,Tekstil,Emballage,Rådgivning',
    streets: 'Nørregade {n} | Vestergade {n} | Algade {n} | Industrivej {n} | Strandvejen {n}',
  },
  nb: {
    given: 'Kari Ola Ingrid Bjørn Solveig Øyvind Marit Håvard Silje Trond Astrid Geir',
    family: 'Hansen Johansen Olsen Larsen Andersen Pedersen Nilsen Kristiansen Bakken Haugen Solberg Ødegård',
    trades: 'Logistikk,Maskin,Programvare,Mat,Kjemi,Bygg,Medisin,Handel,Energi,Tekstil,Emballasje,Rådgivning',
    streets: 'Storgata {n} | Kirkeveien {n} | Industriveien {n} | Jernbanegata {n} | Havnegata {n}',
  },
  fi: {
    given: 'Matti Liisa Juhani Aino Mikko Päivi Antti Sari Väinö Helmi Jukka Tiina',
    family:
      'Korhonen Virtanen Mäkinen Nieminen Mäkelä Hämäläinen Laine Heikkinen Koskinen Järvinen Lehtonen Saarinen',
    trades:
      'Logistiikka,Konepaja,Ohjelmistot,Elintarvike,Kemia,Rakennus,Terveysteknologia,Kauppa,Energia,Tekstiili,Pakkaus,Konsultointi',
    streets: 'Mannerheimintie {n} | Kauppakatu {n} | Teollisuustie {n} | Rantatie {n} | Koulukatu {n}',
  },
  pl: {
    given: 'Anna Piotr Katarzyna Krzysztof Małgorzata Tomasz Agnieszka Paweł Ewa Michał Joanna Łukasz',
    family:
      'Nowak Kowalski Wiśniewski Wójcik Kamiński Lewandowski Zieliński Szymański Woźniak Dąbrowski Kozłowski Jankowski',
    trades:
      'Logistyka,Maszyny,Oprogramowanie,Żywność,Chemia,Budownictwo,Medyka,Handel,Energia,Tekstylia,Opakowania,Doradztwo',
    streets:
      'ul. Długa {n} | ul. Kościuszki {n} | ul. Przemysłowa {n} | al. Jana Pawła II {n} | ul. Ogrodowa {n}',
  },
  cs: {
    given: 'Jan Jana Petr Hana Jiří Eva Pavel Lenka Tomáš Kateřina Ondřej Věra',
    family: 'Novák Svoboda Novotný Dvořák Černý Procházka Kučera Veselý Horák Němec Pokorný Marek',
    trades:
      'Logistika,Strojírny,Software,Potraviny,Chemie,Stavby,Zdravotní Technika,Obchod,Energie,Textil,Obaly,Poradenství',
    streets: 'Hlavní {n} | Nádražní {n} | Průmyslová {n} | Husova {n} | Náměstí Míru {n}',
  },
  tr: {
    given: 'Mehmet Ayşe Mustafa Fatma Ahmet Zeynep Emre Elif Murat Gül Çağla Özgür',
    family: 'Yılmaz Kaya Demir Şahin Çelik Yıldız Öztürk Aydın Arslan Doğan Kılıç Güneş',
    trades: 'Lojistik,Makine,Yazılım,Gıda,Kimya,İnşaat,Medikal,Ticaret,Enerji,Tekstil,Ambalaj,Danışmanlık',
    streets:
      'Atatürk Caddesi No {n} | İstiklal Caddesi No {n} | Cumhuriyet Bulvarı No {n} | Organize Sanayi Bölgesi {n}. Sokak',
  },
};
